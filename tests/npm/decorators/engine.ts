import { injectable } from 'inversify';
import { injectable as other } from 'tsyringe';

export interface Part { id: number }
@injectable()
@other()
export class Engine { start(): string { return 'started'; } }
