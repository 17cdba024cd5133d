# What every part of the program needs.

general-time = { $year }-{ $month }-{ $day }, { $hour }:{ $minute } UTC
general-date = { $year }-{ $month }-{ $day }
