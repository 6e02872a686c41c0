int cpb_version(void);
