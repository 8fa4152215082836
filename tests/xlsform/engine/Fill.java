/* Fills in forms with JavaRosa: one command a line, its words between tabs, one line back. */

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.data.AnswerDataFactory;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.UncastData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;

public class Fill {
    private static FormEntryModel model;
    private static FormEntryController controller;

    public static void main(String[] arguments) throws Exception {
        PrintStream out =
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        // The engine talks to itself while it reads a form.
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        new JavaRosaCoreModule().registerModule();
        new XFormsModule().registerModule();
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(obey(line.split("\t", -1)));
        }
    }

    private static String obey(String[] words) {
        try {
            switch (words[0]) {
                case "form":
                    return open(words[1]);
                case "answer":
                    return answer(words[1], words[2]);
                default:
                    return finish();
            }
        } catch (Exception problem) {
            return "error: " + problem.toString().replace("\n", " ");
        }
    }

    private static String open(String path) throws Exception {
        FormDef form;
        try (InputStream stream = Files.newInputStream(Path.of(path))) {
            form = XFormUtils.getFormFromInputStream(stream);
        }
        model = new FormEntryModel(form);
        controller = new FormEntryController(model);
        form.initialize(true, new InstanceInitializationFactory());
        return "open";
    }

    private static String answer(String path, String value) {
        FormIndex place = find(path);
        if (place == null) {
            return "not asked";
        }
        switch (controller.answerQuestion(place, cast(place, value), true)) {
            case FormEntryController.ANSWER_OK:
                return "taken";
            case FormEntryController.ANSWER_REQUIRED_BUT_EMPTY:
                return "empty";
            default:
                return "refused";
        }
    }

    private static IAnswerData cast(FormIndex place, String value) {
        if (value.isEmpty()) {
            return null;
        }
        UncastData said = new UncastData(value);
        switch (model.getQuestionPrompt(place).getControlType()) {
            case Constants.CONTROL_SELECT_ONE:
                return new SelectOneData().cast(said);
            case Constants.CONTROL_SELECT_MULTI:
            case Constants.CONTROL_RANK:
                return new MultipleItemsData().cast(said);
            default:
                int type = model.getQuestionPrompt(place).getDataType();
                return AnswerDataFactory.templateByDataType(type).cast(said);
        }
    }

    /* Goes through the form as a person does; a row that is asked for is added. */
    private static FormIndex find(String path) {
        int event = controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        while (event != FormEntryController.EVENT_END_OF_FORM) {
            FormIndex index = model.getFormIndex();
            String here = event == FormEntryController.EVENT_BEGINNING_OF_FORM
                    ? "" : index.getReference().toString(true);
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT && path.startsWith(here + "/")) {
                controller.newRepeat();
            }
            if (event == FormEntryController.EVENT_QUESTION && here.equals(path)) {
                return index;
            }
            event = controller.stepToNextEvent();
        }
        return null;
    }

    private static String finish() {
        ValidateOutcome outcome = model.getForm().validate();
        if (outcome == null) {
            return "complete";
        }
        boolean refused = outcome.outcome == FormEntryController.ANSWER_CONSTRAINT_VIOLATED;
        return (refused ? "refused " : "empty ")
                + outcome.failedPrompt.getReference().toString(true);
    }
}
