"""What operators see of a running process: traces, figures and log lines, without personal data in any."""
