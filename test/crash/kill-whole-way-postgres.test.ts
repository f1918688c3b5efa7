import { killWholeWay } from "./kill-whole-way.js";

killWholeWay("postgres");
