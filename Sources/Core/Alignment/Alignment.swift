// Papers on the alignment of language models: one folder a paper, and the blocks that several of them share.
