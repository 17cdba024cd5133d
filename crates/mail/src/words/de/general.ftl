# Was jeder Teil des Programms braucht.

general-time = { $day }.{ $month }.{ $year }, { $hour }:{ $minute } Uhr (UTC)
general-date = { $day }.{ $month }.{ $year }
