import { Injectable } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import type { Document } from './document.js';

/** Stores documents in memory. Each customer sees only their own. */
@Injectable()
export class DocumentsService {
  readonly #documents: Document[] = [
    { id: 1, owner: 'acme', title: 'Road map' },
    { id: 2, owner: 'acme', title: 'Price list' },
  ];
  readonly #created = new Subject<Document>();

  /** Emits every new document, of all customers. */
  get created(): Observable<Document> {
    return this.#created;
  }

  listOf(owner: string): Document[] {
    return this.#documents.filter((document) => document.owner === owner);
  }

  search(owner: string, text: string): Document[] {
    const wanted = text.toLowerCase();
    return this.listOf(owner).filter(({ title }) => title.toLowerCase().includes(wanted));
  }

  create(owner: string, title: string): Document {
    const document = { id: this.#documents.length + 1, owner, title };
    this.#documents.push(document);
    this.#created.next(document);
    return document;
  }
}
