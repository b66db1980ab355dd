"""Travel data from elsewhere: timetables (GTFS) and tables of minutes, read and searched."""
