#!/usr/bin/env bash
# chinesecalendar 1.1.0 and 1.2.0, holidays 0.109: both say whether a day is worked in China before
# anybody has decided it, and both change their answer afterwards or could.
#
# Which weekdays are off and which weekends are worked is decided each autumn by a notice of the
# State Council's office. chinesecalendar refuses a year whose notice is not out (its good side);
# the guess was that within a year that it knows every day is settled. It is not: New Year's
# notice moves the last days of the December before (2018-12-29, 2018-12-31), and they are answered
# by weekday until a newer version is installed. holidays answers for every year to 2100 by the
# general rule, without an exception or a warning; it knows no shifted weekend before a notice.
# Seen (True: worked):
#
#   package, version           2018-12-29 Sat   2018-12-31 Mon   a day of an unpublished year
#   chinesecalendar 1.1.0      False            True             NotImplementedError (2019)
#   chinesecalendar 1.2.0      True             False            -
#   published                  worked           off
#   holidays 0.109             -                -                an answer for 2040, no warning
#
# Why it matters: a period of five working days that runs over a New Year ends on a wrong day, and
# nothing says so. Ask for the next year's notice from 25 December on, and for no later year at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
for version in 1.1.0 1.2.0; do
    venv/bin/pip install -q --disable-pip-version-check "chinesecalendar==$version"
    venv/bin/python - "$version" <<'END'
import sys
from datetime import date

import chinese_calendar

print(sys.argv[1], *(chinese_calendar.is_workday(date(2018, 12, day)) for day in (29, 31)))
if sys.argv[1] == "1.1.0":
    try:
        print(chinese_calendar.is_workday(date(2019, 1, 2)))
    except NotImplementedError:
        print("2019 refused")
END
done | tee seen
venv/bin/pip install -q --disable-pip-version-check holidays==0.109
venv/bin/python -W error - <<'END' | tee -a seen
from datetime import date

import holidays

china = holidays.country_holidays("CN")
print("2040-02-11", china.is_working_day(date(2040, 2, 11)), china.get(date(2040, 2, 15)))
END
diff seen - <<'END'
1.1.0 False True
2019 refused
1.2.0 True False
2040-02-11 False Chinese New Year's Eve (observed)
END
echo "as described"
