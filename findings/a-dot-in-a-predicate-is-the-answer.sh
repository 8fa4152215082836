#!/usr/bin/env bash
# JavaRosa 5.1.0 (in the ODK Validate of pyxform 4.5.0), the engine of ODK Collect: in a constraint,
# every `.` is the answer that is being given, also inside a predicate, where it means the node
# that is looked at.
#
# A limit such as "at most one of 90 and more" goes through the other rows of a repeat, and is
# written in XPath's usual way, count(../../units/mark[. >= 90]) < 1. The guess was that `.` is each
# row's mark there. Seen, with marks of 10 and 20 given and a third of 95 being given, so that no
# mark that is there is 90 or more:
#
#   count(../../units/mark[. >= 90]) < 1             refused    (each of the three counts as 95)
#   count(../../units/mark[number(.) >= 90]) < 1     refused
#   count(../../units/mark[self::node() >= 90]) < 1  refused
#   count(../../units[mark >= 90]) < 1               taken      (0 of them)
#   count(../../units[./mark >= 90]) < 1             taken
#
# and with 95 given and 10 being given, count(../../units/mark[. >= 90]) = 1 is refused, while
# count(../../units[mark >= 90]) = 1 is taken.
#
# Why it matters: the validator accepts both spellings, and the wrong one lets the very answer
# decide that it is meant to be held against. So a limit over several rows names the node that it
# counts. Outside constraints (relevant, calculation) `.` in a predicate is each node's own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pyxform==4.5.0
jar=$(echo venv/lib/python3*/site-packages/pyxform/validators/odk_validate/bin/ODK_Validate.jar)
unzip -p "$jar" META-INF/maven/org.getodk/javarosa/pom.properties | grep -q '^version=5\.1\.0' || { echo "another JavaRosa"; exit 1; }
cat >Fill.java <<'END'
import java.io.*;
import java.nio.file.*;
import org.javarosa.core.model.*;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.form.api.*;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;

public class Fill {
    public static void main(String[] said) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        new JavaRosaCoreModule().registerModule();
        new XFormsModule().registerModule();
        FormDef form = XFormUtils.getFormFromInputStream(Files.newInputStream(Path.of(said[0])));
        FormEntryController controller = new FormEntryController(new FormEntryModel(form));
        form.initialize(true, new InstanceInitializationFactory());
        int next = 1;
        String last = "";
        while (controller.stepToNextEvent() != FormEntryController.EVENT_END_OF_FORM && next < said.length) {
            int event = controller.getModel().getEvent();
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
                controller.newRepeat();
            } else if (event == FormEntryController.EVENT_QUESTION) {
                int result = controller.answerQuestion(new IntegerData(Integer.parseInt(said[next++])), true);
                last = result == FormEntryController.ANSWER_OK ? "taken" : "refused";
            }
        }
        out.println(last);
    }
}
END
cat >make.py <<'END'
import sys
from pyxform.xls2xform import convert

rows = f"""
| survey |              |       |       |                |
|        | type         | name  | label | constraint     |
|        | begin_repeat | units | Units |                |
|        | integer      | mark  | Mark  | {sys.argv[1]}  |
|        | end_repeat   | units |       |                |
"""
print(convert(rows, file_type=".md").xform)
END
try() {
    venv/bin/python make.py "$1" >form.xml
    java -XX:TieredStopAtLevel=1 -cp "$jar" Fill.java form.xml $2 2>/dev/null
}
{
    for way in 'mark[. >= 90]' 'mark[number(.) >= 90]' 'mark[self::node() >= 90]'; do
        try "count(../../units/$way) < 1" "10 20 95"
    done
    try "count(../../units[mark >= 90]) < 1" "10 20 95"
    try "count(../../units[./mark >= 90]) < 1" "10 20 95"
    # The first row has to pass as well: of nothing that is there, none is 90.
    try "count(../../units/mark[. >= 90]) = 1 or . > 90" "95 10"
    try "count(../../units[mark >= 90]) = 1 or . > 90" "95 10"
} | paste -sd' ' | tee seen
diff seen - <<'END'
refused refused refused taken taken refused taken
END
echo "as described"
