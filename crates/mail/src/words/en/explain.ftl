# Sentences of `explain`. The same ids and variables stand in the other language's file.
