"""The points of tasks' grades, weighted by the tasks."""

from analysis.score.rules import Part, TaskGrades
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.bounds import require_some
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


def _task_grades(tree: Tree, found: Field, code: str) -> TaskGrades:
    reading = tree.reading
    parts = node_record(tree, found, ("grades",), ())
    grades = []
    for each in reading.sequence(parts["grades"]):
        grade = reading.record(each, ("component", "points"), ("name",))
        node = read_component(tree, grade["component"])
        if grade["name"].content is not None:
            tree.grade_names[node.code] = reading.words(grade["name"])
        grades.append(Part(read_exact(reading, grade["points"]), node))
    require_some(reading, parts["grades"], grades)
    return TaskGrades(node_code(tree, parts, found, code), tuple(grades))


TASK_GRADES = Kind(
    TaskGrades,
    name=Text("按任务等级计分", "grades of tasks"),
    how=always(Text("各任务所评等级的分数，按任务量加权", "points of the tasks' grades, weighted")),
    tell=tell_worked,
    readers={"task_grades": _task_grades},
)
