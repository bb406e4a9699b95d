"""How languages write numbers where Django writes them otherwise: ``FORMAT_MODULE_PATH = ["portal.formats"]``."""
