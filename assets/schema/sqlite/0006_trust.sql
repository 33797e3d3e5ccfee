-- What NEXUS needs to be sure of itself. One part for each purpose; none changes the three tables' columns.

-- Part 1: names and emails that look alike.

-- Part 2: sessions: how and why they ended, and which machine they live on.

-- Part 3: the clock.

-- Part 4: long actions in short steps.

-- Part 5: the daily check of the file.
