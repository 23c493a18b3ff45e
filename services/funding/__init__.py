"""funding 公益创投 · 政府购买服务: funds and their ledger, rounds, applications, review, awards and projects."""
