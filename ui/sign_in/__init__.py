"""Who may come in where people sign in: users and the commands for them, sessions, the page they see, the gate."""
