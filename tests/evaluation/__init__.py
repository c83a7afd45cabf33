"""How often the judgement is right: scripted school days with their right answers written first, simulated and judged.

Enter: the scripts of `weeks/` and `habits.tsv`, each row with its right answer. Leave: tables of precision, recall and false
alarms (`python -m tests.evaluation`). Nothing here knows how the judgement works inside: sightings go in, incidents come out.
"""
