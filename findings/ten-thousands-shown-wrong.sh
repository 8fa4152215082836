#!/usr/bin/env bash
# LibreOffice 7.4.7 (Debian 12) and ssf 0.11.2 (SheetJS): the format of Chinese workbooks that shows
# figures in units of ten thousand, 0!.0,"万", is shown as another figure.
#
# In Excel's formats ! makes the next character stand for itself, as \ does; offices are taught
# 0!.0,"万" for 12345 → 1.2万, since a format can only divide by thousands (for example
# https://qqso.net/html/office/excel/arywybwyxsjenhbh.html). The guess was that both read ! so.
# Seen, for a cell that holds 12345:
#
#   format         LibreOffice   LibreOffice, from the file it saved   ssf
#   0!.0,"万"      12!.3万       12!.3万                               12!.3万
#   0\.0,"万"      1.2万         1.2万                                 .12万
#
# Why it matters: who looks at a workbook of a colleague in LibreOffice, or in a page that uses
# SheetJS, sees ten times the figure with a stray mark, and LibreOffice writes 0\!.0 into the file
# that it saves, which says the same to Excel from then on. Both spellings mean one thing, and ssf
# gets neither. What a cell shows under such a format cannot be taken for what its writer saw.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q xlsxwriter==3.2.9
npm install --silent --no-fund --no-audit ssf@0.11.2 >/dev/null
soffice --version | grep -q '^LibreOffice 7\.4\.7' || { echo "another LibreOffice: $(soffice --version)"; exit 1; }
cat >write.py <<'END'
import xlsxwriter

book = xlsxwriter.Workbook("first.xlsx")
sheet = book.add_worksheet()
for row, code in enumerate(('0!.0,"万"', '0\\.0,"万"')):
    sheet.write(row, 0, 12345, book.add_format({"num_format": code}))
book.close()
END
venv/bin/python write.py
convert() { soffice --headless "-env:UserInstallation=file://$folder/profile" --convert-to "$@" >/dev/null 2>&1; }
as_shown='csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true'
convert "$as_shown" first.xlsx
mkdir saved
convert xlsx --outdir saved first.xlsx
cp saved/first.xlsx second.xlsx
convert "$as_shown" second.xlsx
paste -sd' ' first.csv | tee seen
paste -sd' ' second.csv | tee -a seen
unzip -p saved/first.xlsx xl/styles.xml | grep -o 'formatCode="0[^G"]*万[^"]*"' | paste -sd' ' | tee -a seen
node -e 'const { format } = require("ssf"); console.log(format("0!.0,\"万\"", 12345), format("0\\.0,\"万\"", 12345))' | tee -a seen
diff seen - <<'END'
12!.3万 1.2万
12!.3万 1.2万
formatCode="0\!.0,\万" formatCode="0\.0,\万"
12!.3万 .12万
END
echo "as described"
