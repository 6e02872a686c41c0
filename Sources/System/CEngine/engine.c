void ce_placeholder(void){}
