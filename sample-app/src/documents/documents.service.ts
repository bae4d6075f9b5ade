import { Injectable } from '@nestjs/common';

export interface Document {
  id: number;
  owner: string;
  title: string;
}

/** Stores documents in memory. Each customer sees only their own. */
@Injectable()
export class DocumentsService {
  readonly #documents: Document[] = [
    { id: 1, owner: 'acme', title: 'Road map' },
    { id: 2, owner: 'acme', title: 'Price list' },
  ];

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
    return document;
  }
}
