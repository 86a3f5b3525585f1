/** hub/texts/page.ts in Arabic. */
import type { PAGE_TEXTS } from '../../texts/page.ts'
import type { Translation } from '../translation.ts'

export const PAGE: Translation<typeof PAGE_TEXTS> = {
  comma: '، ',
  title: 'رموز وصول المؤسسة',
  lead: 'الرموز ملك للمؤسسة وليست لشخص بعينه. يمكن لمن يملك السر استخدامه حتى ينتهي الرمز.',
  loading: 'جارٍ تحميل الرموز. إذا لم يظهر شيء بعد لحظات، فأعد تحميل الصفحة.',
  noScript: 'تحتاج هذه الصفحة إلى JavaScript.',
  noticeSignedOut: 'لم تسجّل الدخول. سجّل الدخول ثم افتح هذه الصفحة مرة أخرى.',
  noticeToken: 'لا يمكن لرمز وصول إدارة الرموز. سجّل الدخول بصفتك شخصًا.',
  noticeMissing: 'لا يوجد شيء في هذا العنوان.',
  noticeUnreadable: 'تتعذر قراءة العنوان.',
  noticeFailed: 'حدث خطأ ما. حاول مرة أخرى بعد لحظات.',
  signIn: 'تسجيل الدخول',
  toTokens: 'الانتقال إلى الرموز',
  reload: 'إعادة المحاولة',
  organization: 'المؤسسة',
  noPlans: 'لا تدير أي مؤسسة هنا. اطلب من أحد المسؤولين إضافتك.',
  closedTier: 'لا تشمل خطة {plan} هذه الرموز. يمكن عرض الرموز الحالية وإلغاؤها.',
  closedSuspended: 'خطة {plan} معلّقة. لن تعمل رموزها حتى ينتهي التعليق، ويمكن عرضها وإلغاؤها.',
  tabs: 'أنواع الرموز',
}
