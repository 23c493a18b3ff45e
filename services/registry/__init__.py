"""registry 登记备案: social organisations, service stations and party organisations of an area."""
