/* The way from the command line to the screen. */
#pragma once

#include "session.h"

/* Runs the screen; returns the exit status. */
int screen_open(Session *session);
