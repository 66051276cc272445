// Everything here improves pages that work without it.
import "./toast.js";
import "./forms.js";
import "./rut.js";
import "./autosave.js";
import "./dialog.js";
