"""A small safe language for numbers: arithmetic, comparisons and a dozen functions; nothing else can be said in it.

It works for templates (with their parameters as names) and for numbers that members type (without names).
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

Number = int | float

LONGEST = 400
DEEPEST = 40
LARGEST = 10**18
LARGEST_EXPONENT = 64
MOST_DIGITS = 15
_GLUED = re.compile(r"(?<![\w.])\d[\d.]*(?![eE][-+]?\d)[A-Za-z_]")


class ExpressionError(ValueError):
    """An expression that the language does not have, or a result that is no usable number."""


def _log(value: Number, base: Number = math.e) -> float:
    return math.log(value, base) if base != math.e else math.log(value)


def _round(value: Number, digits: Number = 0) -> Number:
    if not -MOST_DIGITS <= digits <= MOST_DIGITS:
        raise ExpressionError(f"round takes at most {MOST_DIGITS} digits")
    return round(value, int(digits))


FUNCTIONS: Mapping[str, Callable[..., Number]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": math.sqrt,
    "log": _log,
    "log2": math.log2,
    "exp": math.exp,
    "min": min,
    "max": max,
    "abs": abs,
    "round": _round,
    "sum": lambda *values: sum(values),
}
_BINARY: Mapping[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Number, Number], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


@lru_cache(maxsize=2048)
def _parse(source: str) -> ast.expr:
    if len(source) > LONGEST:
        raise ExpressionError(f"an expression has at most {LONGEST} characters, this one {len(source)}")
    if _GLUED.search(source):  # Python would read `1or 2` with a warning on the terminal
        raise ExpressionError(f"not an expression: {source!r}")
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ExpressionError(f"not an expression: {source!r}") from error


def evaluate(source: str, names: Mapping[str, Number] | None = None) -> Number:
    """The value of `source`, its names taken from `names`. Raises ExpressionError.

    Numbers stay below 10**18 and exponents below 64, so no input costs more than microseconds.
    """
    try:
        value = _value(_parse(source), names or {}, DEEPEST)
    except (ArithmeticError, ValueError, TypeError) as error:
        raise ExpressionError(f"{source!r} has no value: {error}") from error
    return value


def holds(source: str, names: Mapping[str, Number]) -> bool:
    """Whether the condition `source` is true for `names`. Raises ExpressionError."""
    return bool(evaluate(source, names))


def names_in(source: str) -> set[str]:
    """The names that `source` needs, functions aside. Raises ExpressionError where it does not parse."""
    return {node.id for node in ast.walk(_parse(source)) if isinstance(node, ast.Name)} - set(FUNCTIONS)


def _value(node: ast.expr, names: Mapping[str, Number], depth: int) -> Number:
    if depth <= 0:
        raise ExpressionError("too deeply nested")
    return _checked(_node(node, names, depth - 1))


def _checked(value: Number) -> Number:
    if isinstance(value, complex) or not math.isfinite(value) or abs(value) > LARGEST:
        raise ExpressionError("out of range")
    return value


def _node(node: ast.expr, names: Mapping[str, Number], depth: int) -> Number:
    match node:
        case ast.Constant(value=bool()):
            raise ExpressionError("only numbers")
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            if name not in names:
                raise ExpressionError(f"unknown name {name!r}")
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, names, depth)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _value(inner, names, depth)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _value(inner, names, depth)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left, names, depth), _value(right, names, depth))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, names, depth), _value(right, names, depth))
        case ast.BoolOp(op=op, values=parts):
            found = (bool(_value(part, names, depth)) for part in parts)
            return all(found) if isinstance(op, ast.And) else any(found)
        case ast.Compare(left=left, ops=ops, comparators=rights):
            values = [_value(part, names, depth) for part in (left, *rights)]
            return all(_compare(op, a, b) for op, a, b in zip(ops, values, values[1:], strict=False))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(part, names, depth) for part in args))
        case _:
            raise ExpressionError(f"{type(node).__name__} is not part of the language")


def _compare(op: ast.cmpop, left: Number, right: Number) -> bool:
    if type(op) not in _COMPARE:
        raise ExpressionError(f"{type(op).__name__} is not part of the language")
    return _COMPARE[type(op)](left, right)


def _power(base: Number, exponent: Number) -> Number:
    if abs(exponent) > LARGEST_EXPONENT:
        raise ExpressionError(f"an exponent is at most {LARGEST_EXPONENT}")
    return base**exponent
