"""What every service needs and none owns: areas, time, money, storage, events, HTTP, telemetry."""
