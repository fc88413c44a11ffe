"""What connects the core to the outside: chat platforms, the clock, outside services. No adapter knows another."""
