import { part } from './control.js';

export default part('tracking');
