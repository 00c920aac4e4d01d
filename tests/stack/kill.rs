//! Killed at any moment and run again, a stack ends as if nothing had been.
