import { part } from './control.js';

export default part('sharing');
