// Jest loads ES modules one by one; Nest's packages form cycles that only resolve when these three come first.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
