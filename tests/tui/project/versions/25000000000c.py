"""broken"""
revision = "25000000000c"
down_revision = (
