"""Answers, briefings and notes as something to keep: Word, Markdown, HTML, spreadsheet, clipboard."""
