"""What stands in the way of erasing, and which copies it can't reach, as codes for the pages."""

# This role does not own the tables: another one does it, by the timer.
NOT_OWNER = "owner"
# Somebody works on a table for longer than we wait, or reads the database as it was before.
IN_USE = "in_use"
# A large SQLite file is written anew only while no round takes answers: raters would wait.
OPEN_ROUND = "open_round"
# Values of the rows stand in the planner's statistics, which only the database's owner rewrites.
STATISTICS = "statistics"
# The write-ahead log: this role may not go through it, or the server keeps old pieces of it.
LOG_RIGHTS = "log_rights"
LOG_KEPT = "log_kept"
# Whatever of these is there, the bytes may still be found in this database's files.
HINDERING = frozenset({NOT_OWNER, IN_USE, OPEN_ROUND, STATISTICS, LOG_RIGHTS, LOG_KEPT})
# Copies elsewhere, which nobody erases from here.
LOG_ARCHIVE = "log_archive"
STANDBY = "standby"
