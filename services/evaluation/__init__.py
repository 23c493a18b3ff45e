"""evaluation 评估: phase evaluations of projects, grades of organisations."""
