"""The sentences of XLSForm import: why a file or a cell is refused, and why something of a form is left out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    # The file
    "xlsform_not_found": _("The file %(file)s cannot be read."),
    "xlsform_too_large": _("The file is larger than %(max_megabytes)s MB."),
    "xlsform_not_workbook": _("The file is not a workbook. Save the form as .xlsx or .xls."),
    "xlsform_protected": _("The workbook is protected by a password. Save it without one and try again."),
    "xlsform_unreadable": _("The workbook is damaged and cannot be read. Save it again as a new file."),
    "xlsform_bomb": _("The workbook unpacks to far more than a form can hold. Save it again as a new file."),
    "xlsform_too_many_cells": _(
        "The sheet “%(sheet)s” is too large: a form may have %(max_rows)s rows and %(max_cells)s cells a sheet. "
        "Delete what stands far below or beside it."
    ),
    "xlsform_no_survey": _("There is no sheet “survey” with headings. Sheets of this file: %(names)s."),
    # Headings
    "xlsform_heading_missing": _("The column “%(heading)s” is missing."),
    "xlsform_heading_twice": _("The heading “%(heading)s” is there twice."),
    "xlsform_heading_same": _("“%(heading)s” and “%(other)s” are two names of one column. Keep one of them."),
    "xlsform_heading_not_text": _("The heading “%(heading)s” is a number or a day. Write it as text."),
    "xlsform_date_unsure": _("A day before March 1900 may be a mistake of the spreadsheet. Write it as text."),
    # Sections and names
    "xlsform_no_type": _("This row has a name or a label but no type."),
    "xlsform_type_unknown": _("There is no question type “%(type)s”."),
    "xlsform_no_name": _("This question or group has no name."),
    "xlsform_name_invalid": _(
        "“%(name)s” cannot be a name: names begin with a letter or underscore and go on with letters, digits, "
        "underscores, hyphens or full stops."
    ),
    "xlsform_name_twice": _("The name “%(name)s” is used already in row %(row)s."),
    "xlsform_name_reserved": _("The name “%(name)s” is kept for the form itself. Choose another."),
    "xlsform_repeat_in_loop": _("The repeat “%(name)s” stands in a loop, so there would be several of its name."),
    "xlsform_audit_named": _("An audit has no name of its own. Leave the cell empty."),
    "xlsform_never_closed": _("This %(section)s (“%(name)s”) is never ended."),
    "xlsform_never_opened": _("This ends a %(section)s that was not begun, or ends it before what is inside it."),
    "xlsform_too_deep": _("Sections lie more than %(max_depth)s deep in one another."),
    "xlsform_include": _("“%(name)s” is a section of another file. Put its rows into this form."),
    # Words
    "xlsform_no_label": _("“%(name)s” has neither a label nor a hint, so nobody would know what is asked."),
    "xlsform_media_unknown": _("There is no kind of picture or sound “%(kind)s”."),
    "xlsform_big_image_alone": _("“%(name)s” has a large picture but no small one."),
    # Lists
    "xlsform_no_list": _("“%(type)s” names no list of choices."),
    "xlsform_list_unknown": _("There is no list “%(list)s” on the sheet of choices."),
    "xlsform_external_list_unknown": _("There is no list “%(list)s” on the sheet “external_choices”."),
    "xlsform_choice_without_name": _("A choice of the list “%(list)s” has no name."),
    "xlsform_choice_twice": _(
        "The list “%(list)s” has the choice “%(name)s” twice. If that is meant, set allow_choice_duplicates to yes."
    ),
    "xlsform_choice_spaces": _(
        "The choice “%(name)s” has a space in its name, and several may be chosen from its list."
    ),
    "xlsform_file_extension": _("The name of the file “%(file)s” must end with one of %(taken)s."),
    "xlsform_filter_with_other": _("“%(name)s” filters its choices and adds “other”; a form can do only one of them."),
    "xlsform_other_without_list": _("“%(name)s” adds “other” to choices that this form does not list."),
    "xlsform_filter_in_table": _("Choices in a table cannot be filtered."),
    "xlsform_table_lists": _("All questions of a table have one list: “%(list)s” stands after “%(first)s”."),
    "xlsform_search_in_file": _("“%(name)s” takes its choices from a file and looks them up with search()."),
    "xlsform_search_shared": _("The list “%(list)s” is looked up with search() here and used as it is elsewhere."),
    "csv_choices_without_list": _("Choices stand in this row, but its type names no list to put them into."),
    "csv_list_twice": _(
        "The list “%(list)s” stands further up with other choices. Write it once, or give it another name."
    ),
    # Expressions and parameters
    "xlsform_no_calculation": _("The calculation of “%(name)s” is missing."),
    "xlsform_no_trigger": _("“%(name)s” needs a trigger."),
    "xlsform_calculation_unused": _("“%(name)s” is set by its trigger and cannot have a calculation."),
    "xlsform_reference_malformed": _("A reference must be written ${name}: %(text)s"),
    "xlsform_reference_unknown": _("No question of this form is called “%(name)s”."),
    "xlsform_reference_ambiguous": _(
        "More than one row is called “%(name)s”, so a reference to it has no clear meaning."
    ),
    "xlsform_trigger_unseen": _("“%(name)s” is not shown to anybody, so it cannot trigger anything."),
    "xlsform_parameters_malformed": _("Parameters must be written key=value, with spaces between them."),
    "xlsform_parameter_unknown": _("This type has no parameter %(names)s; it takes %(taken)s."),
    "xlsform_parameter_missing": _("Parameters are missing: %(names)s."),
    "xlsform_parameter_value": _("The parameter %(name)s cannot be “%(value)s”."),
    "xlsform_parameter_not_number": _("The parameter %(name)s must be a number, not “%(value)s”."),
    "xlsform_parameter_seed_alone": _("A seed needs randomize=true."),
    "xlsform_range_step": _("The parameter %(name)s=%(value)s does not fit between the ends of the scale."),
    "xlsform_range_off_step": _("The parameter %(name)s: “%(value)s” does not stand on a step of the scale."),
    "xlsform_range_appearance": _("This appearance shows no marks: %(names)s."),
    "xlsform_range_ends_only": _("Without marks only the two ends have labels; the list “%(list)s” has others."),
    "xlsform_not_taken": _("This breaks a rule of questionnaires (%(rule)s)."),
    # Settings and entities
    "xlsform_key_without_id": _("A form that is encrypted cannot leave out the instanceID."),
    "xlsform_id_empty": _("The form needs an id."),
    "xlsform_entity_heading": _("The sheet of entities has no column “%(heading)s”."),
    "xlsform_entity_without_name": _("This entity list has no name."),
    "xlsform_entity_id_missing": _("“%(name)s” updates entities and needs an entity_id."),
    "xlsform_entity_update_missing": _("“%(name)s” both creates and updates entities and needs an update_if."),
    "xlsform_entity_label_missing": _("“%(name)s” creates entities and needs a label."),
    "xlsform_save_to_nowhere": _("There is no entity list to save “%(name)s” to."),
    "xlsform_save_to_section": _("A group or repeat cannot be saved to an entity list."),
}

UNSUPPORTED = {
    "xlsform_renamed": _("“%(what)s” has another name here, because names are plain letters and used once."),
    "xlsform_media_of_page": _("A page has no picture or sound of its own."),
    "xlsform_media_left_out": _("There is no “%(what)s”; the ordinary picture is shown."),
    "xlsform_type_left_out": _("“%(what)s” asks nothing and serves other programs; it is left out."),
    "xlsform_type_hidden": _("“%(what)s” cannot be asked here; a hidden question keeps its name."),
    "xlsform_choices_elsewhere": _("The choices “%(what)s” are not in the form; a hidden question keeps its name."),
    "xlsform_choice_left_out": _("The choice “%(what)s” is in its list twice or has no name; it is left out."),
    "xlsform_loop": _("The loop “%(what)s” is written out: one group for each choice."),
    "xlsform_hint_of_row": _("A row of a table has no hint of its own (“%(what)s”)."),
    "xlsform_read_only": _("Whether an answer may be changed cannot depend on other answers: %(what)s"),
    "xlsform_calculated_answer": _("The answer to “%(what)s” is worked out once, when the question is met."),
    "xlsform_parameter_left_out": _("The parameter “%(what)s” has no counterpart."),
    "xlsform_barcode": _("The bar code of “%(what)s” is typed in."),
    "xlsform_device": _("“%(what)s” is not known in a browser; it stays empty."),
    "xlsform_expression": _("This part of an expression has no counterpart, so the expression is left out: %(what)s"),
    "xlsform_attribute_left_out": _("The column “%(what)s” has no counterpart."),
    "xlsform_column_unknown": _("The column “%(what)s” is not part of the format; it was not read."),
    "xlsform_setting_left_out": _("The setting “%(what)s” has no counterpart."),
    "xlsform_sheet_left_out": _("The sheet “%(what)s” has no counterpart."),
}
