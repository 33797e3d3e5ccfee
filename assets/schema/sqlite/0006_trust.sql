-- What NEXUS needs to be sure of itself. One part for each purpose; none changes the three tables' columns.

-- Part 1: names and emails that look alike.

-- Part 2: sessions: how and why they ended, and which machine they live on.

-- Part 3: the clock.

-- Part 4: long actions in short steps.

-- Part 5: the daily check of the file.

-- Part 6: columns that other programs added to the three tables, of rows that lie in the bin.
CREATE TABLE nexus_bin_columns (
  bundle INTEGER NOT NULL REFERENCES nexus_bin (id) ON DELETE CASCADE,
  -- The table and the row that the value stood in.
  source TEXT NOT NULL,
  row INTEGER NOT NULL,
  name TEXT NOT NULL,
  -- Without a type, so that any value stays what it is.
  value,
  PRIMARY KEY (bundle, source, row, name)
) WITHOUT ROWID;
