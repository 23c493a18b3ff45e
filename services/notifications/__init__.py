"""notifications 通知: inboxes, the public notice board, reminders of deadlines."""
