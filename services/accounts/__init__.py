"""accounts 账号: people and machines with roles at areas; they sign in here and get tokens."""
