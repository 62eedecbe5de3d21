"""What is measured of an answer, a briefing, a link, and how it is summed up."""
