import { Tauri } from './lib/backend/tauri';
import { open } from './lib/open';

open(new Tauri());
