"""What was found -> statements -> a draft of the answer: which sentences, how many, and does the report say it at all?"""
