import { part } from './control.js';

export default part('telling');
