import { rest } from './control.js';

export default rest();
