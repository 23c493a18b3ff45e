"""needs 需求: what residents ask for, the library made of it, its appraisal, and what was delivered."""
