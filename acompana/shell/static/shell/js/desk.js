import "./theme.js";
import "./portal.js";
import "./command.js";
import "./list.js";
import "./panel.js";
import "./menus.js";
import "./focus.js";
import "./scrolled.js";
