import { definePermissions } from '../../common/identity/permissions.js';

definePermissions({ 'audit:read': ['admin', 'Read and export the audit log'] });
